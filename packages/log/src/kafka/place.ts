/** A partition as Kafka knows it. */
export interface Place {
  /** Its name in Kafka. */
  readonly topic: string;
  readonly partition: number;
}

export function nameOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}
