import { katex } from '@mdit/plugin-katex';

const validation = { notExported: true, invalidLink: true, notDocumented: true, rewrittenLink: true };
const requiredToBeDocumented = [
  'Module',
  'Namespace',
  'Variable',
  'Function',
  'Class',
  'Interface',
  'Property',
  'Method',
  'Accessor',
  'TypeAlias',
];

export default {
  name: 'tensortape',
  entryPointStrategy: 'packages',
  entryPoints: ['packages/*'],
  out: 'docs/api',
  readme: 'README.md',
  includeVersion: false,
  treatWarningsAsErrors: true,
  disableGit: true,
  gitRevision: 'main',
  sourceLinkTemplate: '{path}#L{line}',
  validation,
  requiredToBeDocumented,
  // Checks of documentation run per package, and look only here.
  packageOptions: { validation, requiredToBeDocumented, excludePrivate: true, excludeInternal: true },
  markdownItLoader: (parser) => parser.use(katex, { output: 'mathml' }),
};
