import { describeConformance } from './conformance.ts';

describeConformance('amd64');
