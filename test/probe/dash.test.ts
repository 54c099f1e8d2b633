import { describeConformance } from './conformance.ts';

describeConformance('dash');
