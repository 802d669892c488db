import { tex } from '@mdit/plugin-tex';
import katex from 'katex';

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

/** `$…$`, and `$$…$$` on lines of their own, become MathML. A formula that KaTeX cannot read fails the build. */
const renderFormula = (formula, displayMode) =>
  katex.renderToString(formula, { displayMode, output: 'mathml', strict: 'error' });

export default {
  name: 'tensortape',
  entryPointStrategy: 'packages',
  entryPoints: ['packages/*'],
  out: 'docs/api',
  readme: 'README.md',
  includeVersion: false,
  treatWarningsAsErrors: true,
  validation,
  requiredToBeDocumented,
  // Checks of documentation run per package, and look only here.
  packageOptions: {
    validation,
    requiredToBeDocumented,
    excludePrivate: true,
    excludeInternal: true,
    disableSources: true,
  },
  markdownItLoader: (parser) => parser.use(tex, { render: renderFormula }),
};
