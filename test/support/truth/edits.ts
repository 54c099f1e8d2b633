import type { ConfigHand, Content } from './config-hand.ts';

/** How a config is made, and what happens to it while containers run that started with it. */
export interface Edit {
  create: (hand: ConfigHand) => Promise<void>;
  change: (hand: ConfigHand) => Promise<void>;
  /** By default the base name itself; a name that ends in a hash of the content, as kustomize writes it, where it matters. */
  suffix?: string;
}

/** What every config holds at first. Every pod needs A and B; C is only part of the whole. */
export const BEFORE: Content = { A: 'a1', B: 'b1', C: 'c1' };
const CHANGED: Content = { ...BEFORE, A: 'a2' };
const REMOVED: Content = { A: 'a1', B: 'b1' };

const GITOPS = 'kustomize-controller';
const HELM = 'helm';
const KUBECTL = 'kubectl';

const created = (hand: ConfigHand) => hand.create(BEFORE, { manager: HELM });
const createdByClient = (hand: ConfigHand) => hand.createByClient(BEFORE);
const applied = (manager: string) => (hand: ConfigHand) => hand.apply(BEFORE, manager);
const immutable = (hand: ConfigHand) => hand.create(BEFORE, { manager: HELM, immutable: true });
const recreate = (content: Content, immutable: boolean) => async (hand: ConfigHand) => {
  await hand.remove();
  await hand.create(content, { manager: HELM, immutable });
};

/** Every kind of edit, by what it does. */
export const EDITS = {
  'nothing at all': { create: created, change: async () => {} },
  'client-side apply of a value': {
    create: createdByClient,
    change: (hand) => hand.applyByClient(CHANGED, BEFORE),
  },
  'server-side apply of a value': { create: applied(KUBECTL), change: (hand) => hand.apply(CHANGED, KUBECTL) },
  'kubectl edit of a value': { create: createdByClient, change: (hand) => hand.put({ A: 'a2' }, 'kubectl-edit') },
  'strategic patch of a value': { create: created, change: (hand) => hand.patch({ A: 'a2' }, 'kubectl-patch') },
  'JSON patch of a value': {
    create: created,
    change: (hand) => hand.patchJson([{ op: 'replace', path: '/data/A', value: hand.encode(CHANGED).A }], HELM),
  },
  'replace of the object with another value': {
    create: created,
    change: (hand) => hand.replace(CHANGED, 'kubectl-replace'),
  },
  'change of a key beside': { create: created, change: (hand) => hand.put({ B: 'b2' }, 'kubectl-edit') },
  'key removed by JSON patch': {
    create: created,
    change: (hand) => hand.patchJson([{ op: 'remove', path: '/data/C' }], 'kubectl-patch'),
  },
  'key removed by merge patch': {
    create: createdByClient,
    change: (hand) => hand.patch({ C: null }, 'kubectl-patch', 'merge'),
  },
  'key removed by kubectl edit': { create: createdByClient, change: (hand) => hand.put({}, 'kubectl-edit', ['C']) },
  'key removed by replace': { create: created, change: (hand) => hand.replace(REMOVED, HELM) },
  'key removed by client-side apply': {
    create: createdByClient,
    change: (hand) => hand.applyByClient(REMOVED, BEFORE),
  },
  'key removed by server-side apply': { create: applied(GITOPS), change: (hand) => hand.apply(REMOVED, GITOPS) },
  'key added by patch': { create: created, change: (hand) => hand.patch({ D: 'd1' }, 'kubectl-patch') },
  'key removed and put back': {
    create: created,
    change: async (hand) => {
      await hand.patch({ C: null }, 'kubectl-patch');
      await hand.patch({ C: 'c1' }, 'kubectl-patch');
    },
  },
  'key put in and taken away': {
    create: created,
    change: async (hand) => {
      await hand.patch({ D: 'd1' }, 'kubectl-patch');
      await hand.patch({ D: null }, 'kubectl-patch');
    },
  },
  'label by the manager of the values': { create: created, change: (hand) => hand.label('web', HELM) },
  'label by another manager': { create: created, change: (hand) => hand.label('web', 'kubectl-label') },
  'label removed': {
    create: async (hand) => {
      await created(hand);
      await hand.label('web', 'kubectl-label');
    },
    change: (hand) => hand.label(null, 'kubectl-label'),
  },
  'value changed and changed back': {
    create: created,
    change: async (hand) => {
      await hand.patch({ A: 'a2' }, 'kubectl-patch');
      await hand.patch({ A: 'a1' }, 'kubectl-patch');
    },
  },
  'recreated with the same content': { create: created, change: recreate(BEFORE, false) },
  'recreated with other content': { create: created, change: recreate(CHANGED, false) },
  'immutable, recreated with other content': { create: immutable, change: recreate(CHANGED, true) },
  'immutable, recreated with the same content': { create: immutable, change: recreate(BEFORE, true) },
  'immutable, named by its content': { create: immutable, change: async () => {}, suffix: '-7k2m9t4f5h' },
  'made immutable': {
    create: created,
    change: (hand) => hand.patchJson([{ op: 'add', path: '/immutable', value: true }], 'kubectl-patch'),
  },
  'edited by hand, then taken over by Flux': {
    create: applied(GITOPS),
    change: async (hand) => {
      await hand.patch({ A: 'a2' }, 'kubectl-patch');
      await hand.mergeManagers(GITOPS);
      await hand.apply(CHANGED, GITOPS);
    },
  },
  'changed between two server-side applies': {
    create: applied(KUBECTL),
    change: async (hand) => {
      await hand.applyByClient(CHANGED, BEFORE);
      await hand.apply(CHANGED, KUBECTL);
    },
  },
  'the same content applied by a second manager': {
    create: applied(GITOPS),
    change: (hand) => hand.apply(BEFORE, KUBECTL),
  },
  'moved from client-side to server-side apply': {
    create: createdByClient,
    change: (hand) => hand.apply(BEFORE, KUBECTL),
  },
  'managed fields stripped': { create: created, change: (hand) => hand.strip({}, KUBECTL) },
  'managed fields stripped with a change': { create: created, change: (hand) => hand.strip({ A: 'a2' }, KUBECTL) },
  'changed after managed fields were stripped': {
    create: async (hand) => {
      await created(hand);
      await hand.strip({}, KUBECTL);
    },
    change: (hand) => hand.patch({ A: 'a2' }, 'kubectl-patch'),
  },
} as const satisfies Record<string, Edit>;

/** The name of a kind of edit. */
export type EditName = keyof typeof EDITS;

/** All of them, in the order of the table. */
export const EDIT_NAMES = Object.keys(EDITS).filter((name): name is EditName => name in EDITS);
