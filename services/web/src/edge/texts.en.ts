/** What the page says. */
const en = { title: 'edge' };
export default en;
