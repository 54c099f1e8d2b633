import { describeConformance } from './conformance.ts';

describeConformance('bash');
