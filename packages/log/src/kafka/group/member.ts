/** One member of a consumer group, as its coordinator sees it. */
import kafkajs from 'kafkajs';
import type { Clock } from '@spanloom/span';
import { LeaseLostError } from '../../errors.ts';
import { typeOf } from '../client/errors.ts';
import type { Broker, JoinedGroup } from '../client/kafkajs.ts';
import type { Link } from '../client/link.ts';
import { retrying } from '../client/retry.ts';
import { assignPartitions, type Claim } from './assign.ts';
import { type Commit, createCommits } from './commits.ts';
import type { Tenure } from './tenure.ts';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
const PROTOCOL = 'spanloom-sticky';
const COMMIT_PATIENCE_MS = 5_000;

export interface MemberOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly group: string;
  /** Its name in Kafka. */
  readonly topic: string;
  readonly partitions: number;
  readonly sessionMs: number;
  readonly rebalanceMs: number;
}

export interface Assignment {
  readonly generation: number;
  readonly partitions: readonly number[];
}

/** `changing`: members came or went, join again. `unknown`: the group went on without us. */
export type Heard = 'steady' | 'changing' | 'unknown';

/** All calls reject where the coordinator cannot be reached or refuses; the next one looks for it anew. */
export interface Member {
  /** Waits for the other members, too. Null where they changed meanwhile: join again. */
  join(): Promise<Assignment | null>;
  heartbeat(): Promise<Heard>;
  /** @throws LeaseLostError where the group went on without us. */
  commit(partition: number, offset: number, metadata: string, tenure: Tenure): Promise<void>;
  leave(): Promise<void>;
}

export function createMember(options: MemberOptions): Member {
  const { link, clock, group: groupId, topic } = options;
  let coordinator: Broker | null = null;
  let memberId = '';
  /** What it was given last. */
  let given: Assignment = { generation: -1, partitions: [] };

  async function ask<T>(question: (broker: Broker) => Promise<T>): Promise<T> {
    const broker = coordinator ?? (await link.coordinator(groupId));
    coordinator = broker;
    try {
      return await question(broker);
    } catch (error) {
      // What the group says of its members is not about the broker.
      if (heardIn(error) === null) {
        coordinator = null;
        link.failed(broker, error);
      }
      throw error;
    }
  }

  /** What an answer to a join or a heartbeat says; throws where it says nothing of the group. */
  function heardOrThrow(error: unknown): Heard {
    const heard = heardIn(error);
    if (heard === null) throw error;
    if (typeOf(error) === 'UNKNOWN_MEMBER_ID') memberId = '';
    return heard;
  }

  async function join(): Promise<Assignment | null> {
    try {
      const joined = await ask((broker) =>
        broker.joinGroup({
          groupId,
          memberId,
          sessionTimeout: options.sessionMs,
          rebalanceTimeout: options.rebalanceMs,
          groupProtocols: [{ name: PROTOCOL, metadata: encodeClaim(topic, given) }],
        }),
      );
      ({ memberId } = joined);
      const { memberAssignment } = await ask((broker) =>
        broker.syncGroup({
          groupId,
          memberId,
          generationId: joined.generationId,
          groupAssignment: joined.leaderId === joined.memberId ? assign(joined) : [],
        }),
      );
      const partitions = MemberAssignment.decode(memberAssignment)?.assignment[topic] ?? [];
      given = { generation: joined.generationId, partitions };
      return given;
    } catch (error) {
      heardOrThrow(error);
      return null;
    }
  }

  function assign({ members }: JoinedGroup): { memberId: string; memberAssignment: Buffer }[] {
    const claims = members.map((member) => decodeClaim(member.memberId, member.memberMetadata));
    return [...assignPartitions(options.partitions, claims)].map(([id, partitions]) => ({
      memberId: id,
      memberAssignment: MemberAssignment.encode({
        version: 0,
        assignment: { [topic]: partitions },
        userData: Buffer.alloc(0),
      }),
    }));
  }

  const sendCommit = createCommits(offsetCommit);

  function offsetCommit(generation: number, commits: readonly Commit[]): Promise<unknown> {
    return ask((broker) =>
      broker.offsetCommit({
        groupId,
        memberId,
        groupGenerationId: generation,
        topics: [
          {
            topic,
            partitions: commits.map(({ partition, offset, metadata }) => ({
              partition,
              offset: String(offset),
              metadata,
            })),
          },
        ],
      }),
    );
  }

  async function commit(partition: number, offset: number, metadata: string, tenure: Tenure): Promise<void> {
    const { generation } = tenure;
    const untilMs = clock.now() + COMMIT_PATIENCE_MS;
    await retrying(`Committing ${topic}/${partition} for ${groupId}`, { clock, untilMs }, async () => {
      try {
        await sendCommit({ partition, offset, metadata, tenure, generation });
      } catch (error) {
        throw heardIn(error) === null ? error : new LeaseLostError(partition);
      }
    });
  }

  return {
    join,
    commit,
    async heartbeat() {
      try {
        await ask((broker) => broker.heartbeat({ groupId, memberId, groupGenerationId: given.generation }));
        return 'steady';
      } catch (error) {
        return heardOrThrow(error);
      }
    },
    async leave() {
      if (memberId === '') return;
      await ask((broker) => broker.leaveGroup({ groupId, memberId }));
      memberId = '';
    },
  };
}

function heardIn(error: unknown): Heard | null {
  const type = typeOf(error);
  if (type === 'REBALANCE_IN_PROGRESS') return 'changing';
  return type === 'UNKNOWN_MEMBER_ID' || type === 'ILLEGAL_GENERATION' ? 'unknown' : null;
}

/** The user data of a member: what it was given last, and when, as JSON. */
function encodeClaim(topic: string, { generation, partitions }: Assignment): Buffer {
  const userData = Buffer.from(JSON.stringify({ generation, owned: partitions }));
  return MemberMetadata.encode({ version: 0, topics: [topic], userData });
}

function decodeClaim(memberId: string, metadata: Buffer): Claim {
  const text = MemberMetadata.decode(metadata)?.userData.toString() ?? '';
  // Members of a group speak the same protocol, or the coordinator refuses them.
  const { generation, owned } = JSON.parse(text) as Omit<Claim, 'memberId'>;
  return { memberId, generation, owned };
}
