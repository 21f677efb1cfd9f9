export default { builder: 'instead of an application' };
