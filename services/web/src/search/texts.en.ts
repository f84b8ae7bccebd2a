/** What the page says. */
const en = { title: 'search' };
export default en;
