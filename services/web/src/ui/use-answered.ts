import { type QueryKey, hashKey } from '@tanstack/react-query';
import { useState } from 'react';

/**
 * The question that what is shown answers, as text: while the answer to another is awaited, the one before
 * (`keepPreviousData`). As the `key` of rows it makes them anew with each answer to another question: what was asked
 * for comes in its place, where rows that wander there would be a page that moves by itself.
 */
export function useAnswered(asked: QueryKey, { isPlaceholderData }: { readonly isPlaceholderData: boolean }): string {
  const question = hashKey(asked);
  const [answered, setAnswered] = useState(question);
  if (isPlaceholderData || answered === question) return answered;
  setAnswered(question);
  return question;
}
