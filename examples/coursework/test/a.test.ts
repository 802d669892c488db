import { testFastParts } from './parts.ts';

testFastParts('a');
