import { describeConformance } from './conformance.ts';

describeConformance('arm64');
