import type { Schema } from 'js-yaml';
import {
  boolYaml11Tag,
  defineScalarTag,
  FAILSAFE_SCHEMA,
  floatCoreTag,
  intCoreTag,
  intYaml11Tag,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
} from 'js-yaml';

/**
 * What kubectl takes plain words of YAML for: YAML 1.1 (`yes` is true, `0644` is octal), but dates and numbers to the base 60 are
 * texts, and `1e3` and `0o17` are numbers.
 */
export function makeSchema(): Schema {
  const integer = defineScalarTag('tag:yaml.org,2002:int', {
    ...intYaml11Tag,
    resolve: (source, isExplicit, tagName) => {
      if (source.includes(':')) return NOT_RESOLVED;
      const tag = source.includes('0o') ? intCoreTag : intYaml11Tag;
      return tag.resolve(source, isExplicit, tagName);
    },
  });
  const binary = defineScalarTag('tag:yaml.org,2002:binary', {
    resolve: (source) => Buffer.from(source, 'base64').toString('utf8'),
    identify: () => false,
  });
  return FAILSAFE_SCHEMA.withTags(nullYaml11Tag, boolYaml11Tag, integer, floatCoreTag, mergeTag, binary);
}
