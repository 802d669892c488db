import { testFastParts } from './parts.ts';

testFastParts('b');
