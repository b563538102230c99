import { z } from 'zod';
import type { Alert, AlertState, Incident, Severity } from './incident.ts';
import type { Store } from './store.ts';

interface StateRow {
  readonly status: 'firing' | 'resolved';
  readonly starts_at: number;
  readonly ends_at: number | null;
  readonly closed_at: number | null;
  readonly incident_id: string | null;
}

interface IncidentRow {
  readonly id: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly labels_json: string;
  readonly annotations_json: string;
  readonly generator_url: string;
  readonly external_url: string;
  readonly starts_at: number;
  readonly ends_at: number | null;
  readonly opened_at: number;
  readonly closed_at: number | null;
  readonly end_known: number;
  readonly truncated: number;
}

const COLUMNS = `id, source, fingerprint, severity, labels_json, annotations_json, generator_url, external_url,
  starts_at, ends_at, opened_at, closed_at, end_known, truncated`;

/** The alerts and incidents of the store. */
export class Incidents {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  state(source: string, fingerprint: string): AlertState | undefined {
    const row = this.#store.get<StateRow>(
      `select status, starts_at, ends_at, closed_at, incident_id
       from alert_state where source = :source and fingerprint = :fingerprint`,
      { source, fingerprint },
    );
    if (row === undefined) return undefined;
    return {
      status: row.status,
      startsAt: row.starts_at,
      endsAt: row.ends_at ?? undefined,
      closedAt: row.closed_at ?? undefined,
      incidentId: row.incident_id ?? undefined,
    };
  }

  /** Writes what is known of an alert now. */
  setState(source: string, fingerprint: string, state: AlertState, now: number): void {
    this.#store.run(
      `insert into alert_state (source, fingerprint, status, starts_at, ends_at, last_seen, closed_at, incident_id)
       values (:source, :fingerprint, :status, :starts_at, :ends_at, :now, :closed_at, :incident_id)
       on conflict (source, fingerprint) do update set status = :status, starts_at = :starts_at,
         ends_at = :ends_at, last_seen = :now, closed_at = :closed_at, incident_id = :incident_id`,
      {
        source,
        fingerprint,
        now,
        status: state.status,
        starts_at: state.startsAt,
        ends_at: state.endsAt ?? null,
        closed_at: state.closedAt ?? null,
        incident_id: state.incidentId ?? null,
      },
    );
  }

  open(incident: Incident): void {
    this.#store.run(
      `insert into incident (id, source, fingerprint, severity, labels_json, annotations_json, generator_url,
         external_url, starts_at, opened_at, truncated)
       values (:id, :source, :fingerprint, :severity, :labels, :annotations, :generator_url,
         :external_url, :starts_at, :opened_at, :truncated)`,
      {
        id: incident.id,
        source: incident.source,
        fingerprint: incident.fingerprint,
        severity: incident.severity,
        labels: JSON.stringify(incident.labels),
        annotations: JSON.stringify(incident.annotations),
        generator_url: incident.generatorUrl,
        external_url: incident.externalUrl,
        starts_at: incident.startsAt,
        opened_at: incident.openedAt,
        truncated: incident.truncated,
      },
    );
  }

  /** Takes the latest annotations; a merge in Alertmanager may also move the start back. Mostly nothing is new. */
  refresh(incident: Incident, { annotations, startsAt }: Alert): void {
    const json = JSON.stringify(annotations);
    if (json === JSON.stringify(incident.annotations) && startsAt >= incident.startsAt) return;
    this.#store.run(
      'update incident set annotations_json = :json, starts_at = min(starts_at, :startsAt) where id = :id',
      { id: incident.id, startsAt, json },
    );
  }

  close(id: string, end: { endsAt: number; endKnown: boolean; now: number }): void {
    this.#store.run(
      `update incident set ends_at = :endsAt, closed_at = :now, end_known = :endKnown
       where id = :id and closed_at is null`,
      { id, endsAt: end.endsAt, now: end.now, endKnown: Number(end.endKnown) },
    );
  }

  byId(id: string): Incident | undefined {
    return this.byIds([id]).get(id);
  }

  byIds(ids: readonly string[]): Map<string, Incident> {
    const rows = this.#store.all<IncidentRow>(
      `select ${COLUMNS} from incident where id in (select value from json_each(:ids))`,
      { ids: JSON.stringify(ids) },
    );
    return new Map(rows.map((row) => [row.id, toIncident(row)]));
  }

  /** Every incident of a source that is not over. */
  running(source: string): Incident[] {
    return this.#store
      .all<IncidentRow>(
        `select ${COLUMNS} from incident where closed_at is null and source = :source order by opened_at`,
        { source },
      )
      .map(toIncident);
  }

  countRunning(): number {
    return (
      this.#store.get<{ n: number }>('select count(*) as n from incident where closed_at is null')?.n ?? 0
    );
  }
}

const labelsSchema = z.record(z.string(), z.string());

function toIncident(row: IncidentRow): Incident {
  return {
    id: row.id,
    source: row.source,
    fingerprint: row.fingerprint,
    severity: row.severity,
    labels: labelsSchema.parse(JSON.parse(row.labels_json)),
    annotations: labelsSchema.parse(JSON.parse(row.annotations_json)),
    generatorUrl: row.generator_url,
    externalUrl: row.external_url,
    startsAt: row.starts_at,
    endsAt: row.ends_at ?? undefined,
    openedAt: row.opened_at,
    closedAt: row.closed_at ?? undefined,
    endKnown: row.end_known === 1,
    truncated: row.truncated,
  };
}
