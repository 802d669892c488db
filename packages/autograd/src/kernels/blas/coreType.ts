/** What the instructions of a processor are called in Linux, and the kernels of OpenBLAS that use all of them; the fastest first. */
const kernelsFor = [
  { type: 'SkylakeX', flags: ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'] },
  { type: 'Haswell', flags: ['avx2', 'fma'] },
] as const;

/**
 * The kernels of OpenBLAS for the processor that /proc/cpuinfo describes, or null where OpenBLAS should choose. It chooses by the
 * processor's model, and takes a model younger than itself for a far older one: an Intel Xeon of 2023 for one without AVX (a fifth of
 * the speed of products), an AMD EPYC with AVX-512 for one without (half of it).
 */
export function coreTypeOf(cpuinfo: string): (typeof kernelsFor)[number]['type'] | null {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(' '));
  return kernelsFor.find((kernels) => kernels.flags.every((flag) => flags.has(flag)))?.type ?? null;
}
