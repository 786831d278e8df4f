using System.Net;
using System.Net.Sockets;
using System.Text;
using Alumia.Lab.Outbound;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Outbound;

/// <summary>Every way to this machine and its network, through each door of the room: none leads there.</summary>
public sealed class OutboundAttackTests : IAsyncDisposable
{
    private const string Public = "93.184.215.14";

    private readonly Canary _canary = new();
    private readonly OutboundRig _rig = new();
    private int _attempts;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        Figures.Print($"{TestContext.Current.TestMethod?.MethodName}: {_attempts} attempts, {_canary.Reached} successes");
        await _rig.DisposeAsync();
        _canary.Dispose();
    }

    [Fact]
    public async Task The_client_reaches_no_inner_place_by_name_or_in_any_notation()
    {
        using var client = _rig.Client();
        foreach (var host in Hosts())
        {
            var error = await Record.ExceptionAsync(() => AttemptAsync(client, $"http://{host}:{_canary.Port}/"));
            Assert.True(error is HttpRequestException or UriFormatException or InvalidOperationException, $"{host}: {error?.ToString() ?? "reached"}");
            Assert.True(error is not HttpRequestException || Refusal(error) is { IsRefused: true } || !Uri.CheckHostName(host.Trim('[', ']')).Equals(UriHostNameType.IPv4), $"{host}: {error}");
        }
        Assert.Equal(0, _canary.Reached);
    }

    [Fact]
    public async Task The_proxy_reaches_no_inner_place_by_request_or_by_tunnel()
    {
        foreach (var host in Hosts())
        {
            foreach (var request in new[]
            {
                $"CONNECT {host}:{_canary.Port} HTTP/1.1\r\n\r\n", $"GET http://{host}:{_canary.Port}/ HTTP/1.1\r\nHost: example.com\r\n\r\n",
                $"GET http://user@{host}:{_canary.Port}/ HTTP/1.1\r\n\r\n", $"GET http://{Public}@{host}:{_canary.Port}/ HTTP/1.1\r\n\r\n",
            })
                Assert.DoesNotContain(" 200 ", await SayAsync(request), StringComparison.Ordinal);
        }
        foreach (var request in new[]
        {
            $"GET /private HTTP/1.1\r\nHost: 127.0.0.1:{_canary.Port}\r\n\r\n", $"GET https://127.0.0.1:{_canary.Port}/ HTTP/1.1\r\n\r\n", "GET file:///etc/passwd HTTP/1.1\r\n\r\n",
            $"GET ftp://127.0.0.1:{_canary.Port}/ HTTP/1.1\r\n\r\n", "CONNECT 127.0.0.1 HTTP/1.1\r\n\r\n", "CONNECT :80 HTTP/1.1\r\n\r\n", "CONNECT 1.1.1.1:99999 HTTP/1.1\r\n\r\n", "CONNECT\r\n\r\n",
            $"GET http://127.0.0.1:{_canary.Port}/ HTTP/1.1\r\n Folded: x\r\n\r\n", "POST http://1.1.1.1/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST http://1.1.1.1/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        })
            Assert.DoesNotContain(" 200 ", await SayAsync(request), StringComparison.Ordinal);
        Assert.Equal(0, _canary.Reached);
    }

    [Fact]
    public async Task A_redirect_to_an_inner_place_is_refused_wherever_it_stands_in_the_chain()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            if (context.Request.Path == "/round")
            {
                context.Response.Redirect("/round");
                return Task.CompletedTask;
            }
            var to = context.Request.Query["to"].ToString();
            context.Response.StatusCode = int.Parse(context.Request.Query["by"]!, System.Globalization.CultureInfo.InvariantCulture);
            context.Response.Headers.Location = context.Request.Query["twice"] == "1" ? $"/?by=302&to={Uri.EscapeDataString(to)}" : to;
            return Task.CompletedTask;
        });
        await using var rig = new OutboundRig(site.Place);
        using var client = rig.Client();
        foreach (var host in Hosts().Where(host => host.All(char.IsAscii)))
        {
            foreach (var (by, twice) in new[] { (301, 0), (302, 1), (303, 0), (307, 1), (308, 0) })
            {
                var asked = site.Requests;
                await Record.ExceptionAsync(() => AttemptAsync(client, $"{site.Address}?by={by}&twice={twice}&to={Uri.EscapeDataString($"http://{host}:{_canary.Port}/")}"));
                Assert.Equal(asked + 1 + twice, site.Requests);
            }
        }
        foreach (var to in new[] { "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "javascript:alert(1)", "data:text/html,hello" })
            Assert.NotNull(Refusal(await Record.ExceptionAsync(() => AttemptAsync(client, $"{site.Address}?by=302&twice=0&to={Uri.EscapeDataString(to)}"))));
        // Round and round ends as well.
        Assert.NotNull(Refusal(await Record.ExceptionAsync(() => AttemptAsync(client, $"{site.Address}round"))));
        Assert.Equal(0, _canary.Reached);
    }

    /// <summary>The name is asked for once a connection, and the connection goes where it said then.</summary>
    [Fact]
    public async Task A_name_that_changes_between_check_and_use_leads_nowhere_else()
    {
        using var client = _rig.Client();
        using var proxied = _rig.ThroughProxy();
        foreach (var (name, door) in new[] { ("first.example", client), ("second.example", proxied) })
        {
            _rig.Names.Add(name, asked => asked == 1 ? [Public] : ["127.0.0.1"]);
            var error = await Record.ExceptionAsync(() => AttemptAsync(door, $"http://{name}:{_canary.Port}/"));
            Assert.True(door == proxied || Refusal(error) is { IsRefused: false }, error?.ToString());
            Assert.Equal(1, _rig.Names.Asked(name));
            // The next time it is what it has become, and is refused.
            await Record.ExceptionAsync(() => AttemptAsync(door, $"http://{name}:{_canary.Port}/"));
        }
        Assert.Equal(0, _canary.Reached);
    }

    [Fact]
    public async Task A_proxy_of_the_environment_is_not_used()
    {
        var before = Environment.GetEnvironmentVariable("http_proxy");
        Environment.SetEnvironmentVariable("http_proxy", $"http://127.0.0.1:{_canary.Port}");
        try
        {
            using var client = _rig.Client();
            await Record.ExceptionAsync(() => AttemptAsync(client, $"http://{_rig.Names.Add("outside.example", Public)}/"));
            Assert.Equal(0, _canary.Reached);
        }
        finally
        {
            Environment.SetEnvironmentVariable("http_proxy", before);
        }
    }

    /// <summary>Every host of the list, and names that lead there.</summary>
    private IEnumerable<string> Hosts() =>
    [
        .. Attacks.Hosts, .. Attacks.Elsewhere,
        _rig.Names.Add("loopback.example", "127.0.0.1"), _rig.Names.Add("loopback6.example", "::1"), _rig.Names.Add("mapped.example", "::ffff:127.0.0.1"), _rig.Names.Add("private.example", "10.1.2.3"),
        _rig.Names.Add("mixed.example", Public, "127.0.0.1"), _rig.Names.Add("any.example", "0.0.0.0"), _rig.Names.Add("meta.example", "169.254.169.254"),
        _rig.Names.Add("localhost.example", "127.0.0.1"), _rig.Names.Add("ip6-localhost", "::1"), _rig.Names.Add("instance-data", "169.254.169.254"),
    ];

    private static OutboundException? Refusal(Exception? error) => error as OutboundException ?? (error is null ? null : Refusal(error.InnerException));

    private async Task AttemptAsync(HttpClient client, string address)
    {
        _attempts++;
        using var answer = await client.GetAsync(address, Ended);
    }

    /// <summary>What the proxy answers to these very bytes.</summary>
    private async Task<string> SayAsync(string request)
    {
        _attempts++;
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _rig.Proxy.Address.Port, Ended);
        await socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request), Ended);
        using var reader = new StreamReader(socket.GetStream());
        return await reader.ReadToEndAsync(Ended);
    }
}
