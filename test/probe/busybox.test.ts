import { describeConformance } from './conformance.ts';

describeConformance('busybox');
