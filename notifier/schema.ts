/**
 * The store's schema, one entry per version: entry n takes a database from version n to n + 1.
 * Entries are never edited once released; a new need is a new entry. Times are milliseconds since the epoch.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- Every body Alertmanager sent, for forensics and replay; an identical one only counts up.
  create table inbox (
    id integer primary key,
    source text not null,
    sha256 text not null,
    first_received_at integer not null,
    last_received_at integer not null,
    received_count integer not null,
    body_gz blob not null,
    unique (source, sha256)
  );
  create index inbox_age on inbox (last_received_at);

  -- What we know of each alert between two snapshots.
  create table alert_state (
    source text not null,
    fingerprint text not null,
    status text not null check (status in ('firing', 'resolved')),
    starts_at integer not null,
    ends_at integer,
    last_seen integer not null,
    closed_at integer,
    incident_id text,
    primary key (source, fingerprint)
  ) without rowid;

  -- One episode of one alert; the annotations are the latest.
  create table incident (
    id text primary key,
    source text not null,
    fingerprint text not null,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    labels_json text not null,
    annotations_json text not null,
    generator_url text not null,
    external_url text not null,
    starts_at integer not null,
    ends_at integer,
    opened_at integer not null,
    closed_at integer,
    end_known integer not null default 1,
    truncated integer not null default 0
  ) without rowid;
  create index incident_closed on incident (closed_at);

  -- One row per channel, recipient and piece of news; dedup_key makes every insert repeatable.
  create table outbox (
    id integer primary key,
    dedup_key text not null unique,
    channel text not null,
    recipient text not null,
    incident_id text,
    kind text not null,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    -- The text of a notice; news of incidents is rendered when it is sent.
    payload_json text,
    state text not null check (state in ('pending', 'sending', 'sent', 'accepted', 'merged', 'expired', 'dead')),
    attempts integer not null default 0,
    shrink integer not null default 0,
    created_at integer not null,
    not_before integer not null,
    expires_at integer not null,
    lease_until integer,
    -- Set while a message with this row is on its way, and kept when that may have arrived.
    batch_id text,
    possible_duplicate integer not null default 0,
    last_class text,
    last_error text,
    sent_at integer,
    provider_ref text
  );
  create index outbox_work on outbox (state, channel, recipient, not_before, severity);
  create index outbox_incident on outbox (incident_id);

  -- Messages on their way, as they were rendered: what may have arrived is resent exactly as it was.
  create table message (
    batch_id text primary key,
    parts_json text not null,
    parts_done integer not null default 0
  ) without rowid;

  -- Per channel; a robot shared by several channels is kept under the first one's name.
  create table channel_state (
    channel text primary key,
    recent_sends_json text not null default '[]',
    banned_until integer not null default 0,
    bans integer not null default 0,
    broken_since integer,
    probe_at integer not null default 0,
    last_ok_at integer,
    last_class text,
    last_error text,
    memory_json text not null default '{}'
  ) without rowid;

  -- Per channel and recipient.
  create table lane_state (
    channel text not null,
    recipient text not null,
    recent_sends_json text not null default '[]',
    failures integer not null default 0,
    retry_at integer not null default 0,
    broken_since integer,
    primary key (channel, recipient)
  ) without rowid;

  create table audit (
    at integer not null,
    actor text not null,
    action text not null,
    object text not null,
    detail text not null
  );
  create index audit_age on audit (at);

  create table self_check (id integer primary key check (id = 1), token text not null);
  `,
];
