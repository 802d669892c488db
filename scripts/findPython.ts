import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The Python of TENSORTAPE_PYTHON, of `.venv` (made by `npm run pytorch`), or python3: the first that finds these modules. */
export function findPython(modules: readonly string[]): string | null {
  const own = process.platform === 'win32' ? '../.venv/Scripts/python.exe' : '../.venv/bin/python';
  const named = process.env['TENSORTAPE_PYTHON'];
  const candidates = named ? [named] : [fileURLToPath(new URL(own, import.meta.url)), 'python3'];
  const missing = `any(importlib.util.find_spec(name) is None for name in ${JSON.stringify(modules)})`;
  const finds = (python: string) =>
    spawnSync(python, ['-c', `import importlib.util, sys; sys.exit(${missing})`]).status === 0;
  return candidates.find(finds) ?? null;
}
