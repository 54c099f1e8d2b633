import { formatAge } from '../age.ts';
import type { RolloutMood, RolloutRow } from './rollout-rows.ts';
import { moodOf } from './rollout-rows.ts';
import type { Styles } from './style.ts';

/**
 * The last line of the live view: how many rollouts stand how, and how long it has been going. `2 of 5 complete, 1 failing, 2 waiting,
 * 34s`, a part each.
 * @param run.brief leaves out what goes as it should
 */
export function summarizeRollouts(run: {
  rows: readonly RolloutRow[];
  count: number;
  begunAt: number;
  now: number;
  styles: Styles;
  brief: boolean;
}): string[] {
  const { rows, count, begunAt, now, styles, brief } = run;
  const moods = rows.map(moodOf);
  const tell = (mood: RolloutMood, style = (text: string) => text): string[] => {
    const found = moods.filter((other) => other === mood).length;
    return found === 0 ? [] : [style(`${found} ${mood}`)];
  };
  const complete = `${moods.filter((mood) => mood === 'complete').length} of ${count} complete`;
  const begun = rows.length;
  return [
    begun === count && complete.startsWith(`${count} `) ? styles.good(complete) : complete,
    ...tell('failed', styles.bad),
    ...tell('failing', styles.warn),
    ...(brief ? [] : [...tell('progressing'), ...tell('soaking'), ...tell('waiting')]),
    ...(brief || count === begun ? [] : [`${count - begun} not started`]),
    styles.faint(formatAge(now - begunAt)),
  ].map((part, index, parts) => (index === parts.length - 1 ? part : `${part},`));
}
