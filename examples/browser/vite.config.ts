import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses: the build runs in any folder of a server.
  base: './',
  // The workspace's sources, without a build of their own.
  resolve: { conditions: ['@tensortape/source', ...defaultClientConditions] },
  worker: { format: 'es' },
});
