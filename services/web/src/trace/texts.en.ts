/** What the page says. */
const en = { title: 'trace' };
export default en;
