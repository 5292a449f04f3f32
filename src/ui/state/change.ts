/** What news of machines make of the state. Pure. */
import type { UsageSample } from '../../backends/usage.ts';
import type { MachineEvent } from '../../machines/events/events.ts';
import type { MachineSummary } from '../../machines/machines.ts';
import { remember } from '../../presentation/usage/history.ts';
import {
  type DashboardState,
  detailKey,
  type LoadedDrawing,
  type Notice,
  type Size,
  type Tab,
} from './dashboard-state.ts';
import { reorder } from './machine-order.ts';
import { remembered } from './past.ts';

export type News =
  | { readonly type: 'machines'; readonly machines: readonly MachineSummary[] }
  | { readonly type: 'sample'; readonly sample: UsageSample }
  | { readonly type: 'event'; readonly event: MachineEvent }
  | { readonly type: 'resize'; readonly size: Size }
  | { readonly type: 'looking'; readonly tab: Tab; readonly name: string }
  | { readonly type: 'seen'; readonly tab: Tab; readonly name: string; readonly value: unknown }
  | { readonly type: 'unseen'; readonly tab: Tab; readonly name: string; readonly error: unknown }
  | { readonly type: 'drawing'; readonly drawing: LoadedDrawing }
  | { readonly type: 'job'; readonly id: number; readonly progress: string }
  | { readonly type: 'job-ended'; readonly id: number; readonly notice: Notice }
  | {
      readonly type: 'problems';
      readonly problems: readonly { readonly words: readonly string[]; readonly lines: readonly string[] }[];
    }
  | { readonly type: 'notice'; readonly notice: Notice | undefined };

const KEPT_EVENTS = 500;

/** @param now milliseconds of the monotonic clock */
export function change(state: DashboardState, news: News, now: number): DashboardState {
  switch (news.type) {
    case 'machines':
      return reorder(withoutGone({ ...state, machines: news.machines, known: true }), now);
    case 'sample':
      return reorder(
        {
          ...state,
          sample: news.sample,
          histories: remember(state.histories, news.sample),
          past: remembered(state.past, news.sample, now),
        },
        now,
      );
    case 'event':
      return { ...state, events: [...state.events.slice(1 - KEPT_EVENTS), news.event] };
    case 'resize':
      return { ...state, size: news.size };
    case 'looking':
    case 'seen':
    case 'unseen':
      return withDetail(state, news);
    case 'drawing':
      return { ...state, drawing: news.drawing };
    case 'job':
      return {
        ...state,
        jobs: state.jobs.map((job) => (job.id === news.id ? { ...job, progress: news.progress } : job)),
      };
    case 'job-ended':
      return { ...state, jobs: state.jobs.filter(({ id }) => id !== news.id), notice: news.notice };
    case 'problems':
      return withProblems(state, news.problems);
    case 'notice':
      return { ...state, notice: news.notice };
  }
}

/** Marks, and what was looked up, of machines that are no more. */
function withoutGone(state: DashboardState): DashboardState {
  const names = new Set(state.machines.map(({ name }) => name));
  const details = [...state.details].filter(([key]) => names.has(key.slice(key.indexOf(' ') + 1)));
  return {
    ...state,
    marks: new Set([...state.marks].filter((name) => names.has(name))),
    details: new Map(details),
  };
}

function withDetail(
  state: DashboardState,
  news: Extract<News, { type: 'looking' | 'seen' | 'unseen' }>,
): DashboardState {
  const key = detailKey(news.tab, news.name);
  const details = new Map(state.details);
  const before = details.get(key);
  if (news.type === 'seen') details.set(key, { state: 'ready', value: news.value });
  else if (news.type === 'unseen') details.set(key, { state: 'failed', error: news.error });
  // What was seen before is shown until it is seen anew.
  else if (before?.state !== 'ready') details.set(key, { state: 'loading', value: undefined });
  else return state;
  return { ...state, details };
}

function withProblems(
  state: DashboardState,
  problems: readonly { readonly words: readonly string[]; readonly lines: readonly string[] }[],
): DashboardState {
  const last = state.dialogs.at(-1);
  if (last?.kind === 'problems') {
    return {
      ...state,
      dialogs: [...state.dialogs.slice(0, -1), { ...last, problems: [...last.problems, ...problems] }],
    };
  }
  return { ...state, dialogs: [...state.dialogs, { kind: 'problems', problems, top: 0 }] };
}
