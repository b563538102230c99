import { describe, expect, it } from 'vitest';
import { drive, mergeReports, type RaidController, type RaidReport } from './raid.ts';

const controller = (given: Partial<RaidController>): RaidReport => ({
  controllers: [{ tool: 'storcli', id: '0', batteries: [], volumes: [], drives: [], ...given }],
  errors: [],
});

describe('mergeReports', () => {
  it('adds to what is known and takes nothing away', () => {
    const one = controller({
      model: 'A',
      volumes: [{ id: '0', state: 'ok', tasks: [], cache: { writeCurrent: 'write_back' } }],
    });
    const two = controller({
      serial: 'S',
      volumes: [{ id: '0', state: undefined, tasks: [], cache: { driveCache: 'default' } }],
    });

    expect(mergeReports([one, two]).controllers).toEqual([
      {
        tool: 'storcli',
        id: '0',
        model: 'A',
        serial: 'S',
        batteries: [],
        volumes: [
          { id: '0', state: 'ok', tasks: [], cache: { writeCurrent: 'write_back', driveCache: 'default' } },
        ],
        drives: [],
      },
    ]);
  });

  it('keeps controllers of different tools apart', () => {
    const other = {
      controllers: [{ tool: 'megacli', id: '0', batteries: [], volumes: [], drives: [] }],
      errors: [],
    } as const;

    expect(mergeReports([controller({}), other]).controllers).toHaveLength(2);
  });

  it('calls a degraded volume rebuilding while a drive of its group is', () => {
    const volumes = [
      { id: '0', group: 'A', state: 'degraded', tasks: [] },
      { id: '1', group: 'B', state: 'degraded', tasks: [] },
      { id: '2', state: 'degraded', tasks: [] },
    ] as const;
    const drives = [
      { id: '1', state: 'rebuilding', group: 'A' },
      { id: '2', state: 'rebuilding' },
    ] as const;

    const states = mergeReports([controller({ volumes, drives })]).controllers[0]?.volumes.map(
      (volume) => volume.state,
    );

    expect(states).toEqual(['rebuilding', 'degraded', 'degraded']);
  });

  it('says each complaint once', () => {
    const report = { controllers: [], errors: ['no controller'] };

    expect(mergeReports([report, report]).errors).toEqual(['no controller']);
  });
});

describe('drive', () => {
  it.each([
    [{ state: 'ok', predictiveFailures: 0 }, 'ok', false],
    [{ state: 'ok', predictiveFailures: 2, predictiveFailure: false }, 'predictive_failure', true],
    [{ state: 'ok', predictiveFailure: true }, 'predictive_failure', true],
    [{ state: 'predictive_failure' }, 'predictive_failure', true],
    [{ state: 'failed', predictiveFailures: 2 }, 'failed', true],
    [{ state: 'ok' }, 'ok', undefined],
  ] as const)('%j is %s, expected to fail: %s', (given, state, expected) => {
    const made = drive({ id: '1', ...given });

    expect(made.state).toBe(state);
    expect(made.predictiveFailure).toBe(expected);
  });
});
