import { testFastParts } from './parts.ts';

testFastParts('e');
