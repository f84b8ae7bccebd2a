/** Ways to send spans that the page has a snippet for. */
export const snippetNames = ['node', 'python', 'java', 'go', 'dotnet', 'curl'] as const;
export type SnippetName = (typeof snippetNames)[number];
