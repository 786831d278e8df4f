using System.Net;
using System.Net.Sockets;
using System.Text;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace Alumia.Lab.Tests.Outbound;

/// <summary>What is allowed passes, through both doors, and as HTTP wants it.</summary>
public sealed class OutboundDoorTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_allowed_place_is_reached_by_its_name_and_port_alone()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("hello"));
        using var canary = new Canary();
        await using var rig = new OutboundRig($"allowed.example:{site.Address.Port}", site.Place);
        rig.Names.Add("allowed.example", "127.0.0.1");
        rig.Names.Add("other.example", "127.0.0.1");
        using var client = rig.Client();
        using var proxied = rig.ThroughProxy();
        foreach (var door in new[] { client, proxied })
        {
            Assert.Equal("hello", await door.GetStringAsync($"http://allowed.example:{site.Address.Port}/", Ended));
            Assert.Equal("hello", await door.GetStringAsync(site.Address, Ended));
            foreach (var other in new[] { $"http://other.example:{site.Address.Port}/", $"http://localhost:{site.Address.Port}/", $"http://allowed.example:{canary.Port}/" })
                Assert.IsType<HttpRequestException>(await Record.ExceptionAsync(() => door.GetStringAsync(other, Ended)));
        }
        Assert.Equal(4, site.Requests);
        Assert.Equal(0, canary.Reached);
    }

    [Fact]
    public async Task The_proxy_carries_a_body_and_an_answer_of_any_length_and_keeps_what_belongs_to_one_connection()
    {
        var seen = new List<string>();
        await using var site = await TestSite.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(Ended);
            seen.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Host} {body.Length} {context.Request.Headers["Proxy-Connection"]}{context.Request.Headers["X-Hop"]}");
            await context.Response.WriteAsync(new string('a', 200_000));
        });
        await using var rig = new OutboundRig(site.Place);
        using var client = rig.ThroughProxy();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{site.Address}path?q=1") { Content = new StringContent(new string('b', 100_000)) };
        request.Headers.Add("Proxy-Connection", "keep-alive");
        request.Headers.Connection.Add("X-Hop");
        request.Headers.Add("X-Hop", "1");
        using var answer = await client.SendAsync(request, Ended);
        Assert.Equal(200_000, (await answer.Content.ReadAsStringAsync(Ended)).Length);
        Assert.Equal([$"POST /path?q=1 {site.Place} 100000 "], seen);
        Assert.True(answer.Headers.ConnectionClose);
        await Eventually.Equal(0, () => rig.Proxy.Connections);
    }

    /// <summary>What follows a request on its connection is for the proxy, and never reaches the place of the first.</summary>
    [Fact]
    public async Task A_second_request_on_a_connection_reaches_nobody()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("one"));
        await using var rig = new OutboundRig(site.Place);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, rig.Proxy.Address.Port, Ended);
        var request = $"GET {site.Address} HTTP/1.1\r\nHost: x\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request + request), Ended);
        using var reader = new StreamReader(socket.GetStream());
        await reader.ReadToEndAsync(Ended);
        Assert.Equal(1, site.Requests);
    }

    [Fact]
    public async Task A_tunnel_carries_both_ways_and_ends_when_one_end_goes()
    {
        await using var site = await TestSite.StartAsync(context => context.Response.WriteAsync("through"));
        await using var rig = new OutboundRig(site.Place);
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, rig.Proxy.Address.Port, Ended);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"CONNECT {site.Place} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"), Ended);
            var answer = new StringBuilder();
            var buffer = new byte[4096];
            while (!answer.ToString().Contains("through", StringComparison.Ordinal))
                answer.Append(Encoding.ASCII.GetString(buffer, 0, await socket.GetStream().ReadAsync(buffer, Ended)));
            Assert.StartsWith("HTTP/1.1 200 ", answer.ToString(), StringComparison.Ordinal);
            Assert.Equal(1, rig.Proxy.Connections);
        }
        await Eventually.Equal(0, () => rig.Proxy.Connections);
    }

    [Fact]
    public async Task A_redirect_to_another_place_takes_no_credentials_along()
    {
        var seen = new List<string>();
        await using var second = await TestSite.StartAsync(context =>
        {
            seen.Add($"second:{context.Request.Headers.Authorization}{context.Request.Headers.Cookie}{context.Request.Headers["X-Mine"]}");
            return Task.CompletedTask;
        });
        await using var first = await TestSite.StartAsync(context =>
        {
            seen.Add($"first:{context.Request.Headers.Authorization}");
            context.Response.Redirect(context.Request.Path == "/" ? "/again" : second.Address.ToString());
            return Task.CompletedTask;
        });
        await using var rig = new OutboundRig(first.Place, second.Place);
        using var client = rig.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, first.Address);
        request.Headers.Add("Authorization", "Bearer secret");
        request.Headers.Add("Cookie", "a=secret");
        request.Headers.Add("X-Mine", "kept");
        using var answer = await client.SendAsync(request, Ended);
        Assert.Equal(["first:Bearer secret", "first:Bearer secret", "second:kept"], seen);
        Assert.Equal(second.Address, answer.RequestMessage!.RequestUri);
    }
}
