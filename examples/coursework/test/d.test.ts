import { testFastParts } from './parts.ts';

testFastParts('d');
