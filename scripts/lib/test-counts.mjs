/** Passed, failed and skipped from vitest's JSON report. A file that could not be loaded counts as one failure. */
export function countTests(report) {
  /** @type {{ passed: number, failed: number, skipped: string[] }} */
  const counts = { passed: 0, failed: 0, skipped: [] };
  for (const file of report.testResults) {
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) counts.failed++;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed++;
      else if (test.status === 'failed') counts.failed++;
      else counts.skipped.push(test.fullName);
    }
  }
  return counts;
}
