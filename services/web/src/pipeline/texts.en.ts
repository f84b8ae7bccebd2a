/** What the page says. */
const en = { title: 'pipeline' };
export default en;
