import { replay, slotAttacks, victim, type SlotAttack } from './attacks.ts';
import type { Person } from './cast.ts';
import type { DemoSite } from './demo-site.ts';
import type { Draft } from './draft.ts';
import { forwardedCopy, forwarder } from './forwarder.ts';
import { heldOutcome, relayedOutcome, type Outcome } from './outcome.ts';
import type { Random } from './random.ts';
import type { Host, OutgoingMail } from './sending-host.ts';
import { calendar, planTraffic, type PlannedMail, type Trait } from './traffic.ts';
import type { Vendor, VendorName } from './vendors.ts';

export type HonestResult = Outcome & { readonly vendor: VendorName; readonly trait: Trait | null };
export type AttackResult = Outcome & { readonly attack: string };

export type Stage = {
  readonly site: DemoSite;
  readonly vendors: Readonly<Record<VendorName, Vendor>>;
  /** Midnight of the first simulated day. */
  readonly start: Date;
  readonly random: Random;
};

type Scene = { readonly minute: number; readonly act: () => Promise<void> };

/** 30 days of honest mail, then a day on which attacks come in between. Played in order of arrival, mail by mail. */
export class Play {
  readonly honest: HonestResult[] = [];
  readonly attacks: AttackResult[] = [];
  readonly scenes: readonly Scene[];
  readonly #stage: Stage;
  #sequence = 0;
  /** A genuine mail that somebody keeps, to send it on later. */
  #original: Buffer | null = null;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.scenes = [
      ...planTraffic(stage.random).map((mail) => this.#honestScene(mail)),
      ...slotAttacks.flatMap((attack) => this.#slotScenes(attack)),
      ...this.#replayScenes(),
    ].toSorted((left, right) => left.minute - right.minute);
  }

  #honestScene({ minute, vendor, recipient, draft, trait }: PlannedMail): Scene {
    const act = async () => {
      const message = await this.#compose(vendor, draft, recipient, minute);
      const mail = {
        mailFrom: this.#stage.vendors[vendor].mailFrom,
        rcptTo: recipient.address,
        message,
      };
      this.honest.push({
        vendor,
        trait,
        ...(await this.#send(this.#hostOf(vendor), mail, minute)),
      });
      if (minute >= replay.originalMinute && vendor === replay.vendor) this.#original ??= message;
      if (recipient.address !== forwarder.from || minute < calendar.forwardingDay * 1440) return;
      const later = minute + forwarder.delaySeconds / 60;
      const copy = {
        mailFrom: forwarder.mailFrom,
        rcptTo: forwarder.to,
        message: forwardedCopy(message, this.#timeOf(later)),
      };
      this.honest.push({
        vendor,
        trait: 'forward',
        ...(await this.#send(forwarder.host, copy, later)),
      });
    };
    return { minute, act };
  }

  #slotScenes({ name, vendor, copies, minuteOfDay, compose }: SlotAttack): readonly Scene[] {
    return Array.from({ length: copies }, (_, copy) => {
      const minute = calendar.days * 1440 + minuteOfDay + copy;
      const act = async () => {
        const person = victim(copy);
        const message = await this.#compose(
          vendor,
          compose(this.#stage.random, copy),
          person,
          minute,
        );
        const mail = {
          mailFrom: this.#stage.vendors[vendor].mailFrom,
          rcptTo: person.address,
          message,
        };
        this.attacks.push({
          attack: name,
          ...(await this.#send(this.#hostOf(vendor), mail, minute)),
        });
      };
      return { minute, act };
    });
  }

  #replayScenes(): readonly Scene[] {
    return Array.from({ length: replay.copies }, (_, copy) => {
      const minute = calendar.days * 1440 + replay.minuteOfDay + copy / 2;
      const act = async () => {
        const message = this.#original;
        if (message === null) throw new Error('there is no mail to replay');
        const mail = { mailFrom: replay.mailFrom, rcptTo: victim(copy).address, message };
        this.attacks.push({
          attack: replay.name,
          ...(await this.#send(replay.host, mail, minute)),
        });
      };
      return { minute, act };
    });
  }

  #compose(vendor: VendorName, draft: Draft, to: Person, minute: number): Promise<Buffer> {
    const id = `${this.#stage.random.token(12)}.${++this.#sequence}`;
    return this.#stage.vendors[vendor].compose(draft, { to, at: this.#timeOf(minute), id });
  }

  #hostOf(vendor: VendorName): Host {
    return this.#stage.random.pick(this.#stage.vendors[vendor].hosts);
  }

  async #send(host: Host, mail: OutgoingMail, minute: number): Promise<Outcome> {
    const { nextHop, quarantine, send } = this.#stage.site;
    const before = nextHop.delivered.length;
    const reply = await send(host, mail, this.#timeOf(minute + transitMinutes));
    const delivered = nextHop.delivered[before];
    return delivered
      ? relayedOutcome(mail.message, delivered, reply)
      : heldOutcome(quarantine, reply);
  }

  #timeOf(minute: number): Date {
    return new Date(this.#stage.start.getTime() + minute * 60_000);
  }
}

/** From the vendor's Date field to our receipt. */
const transitMinutes = 0.1;
