import { describeConformance } from './conformance.ts';

describeConformance('sanitized');
