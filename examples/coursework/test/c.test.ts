import { testFastParts } from './parts.ts';

testFastParts('c');
