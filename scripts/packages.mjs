// The Debian packages that Ekiden makes use of, in one place: which program comes from which package, who needs it and why.
// Benchmark tools are not among them; whoever runs the benchmarks installs those.

/** `program` is looked for in the PATH, or where it says when it begins with a slash.
 *  @typedef {{ package: string, program: string, for: ('start' | 'test')[], reason: string, service?: string }} SystemPackage */

/** @type {SystemPackage[]} */
export const systemPackages = [
  {
    package: 'haproxy',
    program: 'haproxy',
    for: ['start', 'test'],
    reason: 'the edge: carries all traffic to the apps',
    // Installed for us to start; its own service would take ports at the next boot.
    service: 'haproxy',
  },
  { package: 'bind9-dnsutils', program: 'dig', for: ['test'], reason: 'asks our name server as users do' },
  { package: 'curl', program: 'curl', for: ['test'], reason: 'command health checks and the examples of the README' },
  { package: 'xz-utils', program: 'xz', for: ['test'], reason: 'the fetcher unpacks .tar.xz' },
  { package: 'bzip2', program: 'bzip2', for: ['test'], reason: 'the fetcher unpacks .tar.bz2' },
  { package: 'zip', program: 'zip', for: ['test'], reason: 'makes the .zip that the fetcher unpacks' },
  { package: 'openssl', program: 'openssl', for: ['test'], reason: 'makes keystores as users do' },
  {
    package: 'prometheus',
    program: 'prometheus',
    for: ['test'],
    reason: "finds and scrapes tasks by Marathon's API as users have it do",
    // Its own service would take port 9090, which is that of HAProxy's statistics here.
    service: 'prometheus',
  },
  // Containers, for podman is the engine that needs no daemon. Without recommended packages it comes without what it runs them
  // with (a runtime, a network), and without iptables every container with a network of its own fails.
  { package: 'podman', program: 'podman', for: ['test'], reason: 'runs Docker apps as containers' },
  { package: 'runc', program: 'runc', for: ['test'], reason: 'what podman runs containers with' },
  { package: 'netavark', program: '/usr/lib/podman/netavark', for: ['test'], reason: 'networks of containers' },
  {
    package: 'aardvark-dns',
    program: '/usr/lib/podman/aardvark-dns',
    for: ['test'],
    reason: 'names in those networks',
  },
  { package: 'iptables', program: 'iptables', for: ['test'], reason: 'published ports of containers' },
  // The library holds the whole server. Debian's package zookeeper would add a user, a daemon and a Java with a desktop.
  {
    package: 'libzookeeper-java',
    program: '/usr/share/java/zookeeper.jar',
    for: ['test'],
    reason: 'ZooKeeper servers, for the store, the election and finding masters',
  },
  { package: 'default-jre-headless', program: 'java', for: ['test'], reason: 'runs ZooKeeper' },
  { package: 'chromium', program: 'chromium', for: ['test'], reason: 'opens the web interface as users do' },
  { package: 'busybox-static', program: 'busybox', for: ['test'], reason: 'all that is in the images of the tests' },
];
