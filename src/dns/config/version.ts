/** The version of Mesos-DNS whose answers the exact mode gives: clients that ask for it want to know what to expect. */
export const mesosDnsVersion = 'v0.7.0-rc2+e888ef4';
