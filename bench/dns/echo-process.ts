import { createSocket } from 'node:dgram';

/** Sends back what it gets with the bit of a response set, and knows nothing of DNS. */
const socket = createSocket('udp4');
socket.on('message', (message, { port, address }) => {
  message[2] = (message[2] ?? 0) | 0x80;
  socket.send(message, port, address);
});
socket.bind(Number(process.argv[2]), '127.0.0.1', () => {
  socket.setRecvBufferSize(4 << 20);
  socket.setSendBufferSize(4 << 20);
});
