/** What the page says. */
const en = { title: 'compare' };
export default en;
