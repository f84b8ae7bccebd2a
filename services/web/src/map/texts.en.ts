/** What the page says. */
const en = { title: 'map' };
export default en;
