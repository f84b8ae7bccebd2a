/** What the page says. */
const en = { title: 'rollups' };
export default en;
