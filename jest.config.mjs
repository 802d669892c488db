export default {
  testMatch: [
    '<rootDir>/packages/*/test/**/*.test.ts',
    '<rootDir>/examples/*/test/**/*.test.ts',
    '<rootDir>/bench/test/*.test.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/jest/transform.mjs' },
  testEnvironment: '<rootDir>/scripts/jest/environment.mjs',
  // Workspace packages resolve to their sources: tests need no build.
  testEnvironmentOptions: { customExportConditions: ['@tensortape/source', 'node', 'node-addons'] },
  setupFilesAfterEnv: ['<rootDir>/scripts/jest/fast-check.ts'],
  modulePathIgnorePatterns: ['<rootDir>/(packages|examples)/[^/]+/dist/'],
  collectCoverageFrom: ['packages/*/src/**/*.ts', '!**/generated/**'],
  testTimeout: 60_000,
  maxWorkers: '100%',
};
