import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import javax.net.SocketFactory;

/**
 * Brings JDBC to a server that listens on a Unix socket only:
 * jdbc:postgresql:///DATABASE?socketFactory=UnixSocketFactory&socketFactoryArg=PATH
 */
public class UnixSocketFactory extends SocketFactory {
	private final String path;

	public UnixSocketFactory(String path) {
		this.path = path;
	}

	@Override
	public Socket createSocket() {
		return new UnixSocket();
	}

	/** What the driver uses of a socket, over a channel. */
	private class UnixSocket extends Socket {
		private SocketChannel channel;

		@Override
		public void connect(SocketAddress ignored, int timeout) throws IOException {
			channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
		}

		@Override
		public InputStream getInputStream() {
			return Channels.newInputStream(channel);
		}

		@Override
		public OutputStream getOutputStream() {
			return Channels.newOutputStream(channel);
		}

		@Override
		public void close() throws IOException {
			if (channel != null) {
				channel.close();
			}
		}

		@Override
		public boolean isClosed() {
			return channel != null && !channel.isOpen();
		}
	}

	@Override
	public Socket createSocket(String host, int port) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Socket createSocket(InetAddress host, int port) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
		throw new UnsupportedOperationException();
	}
}
