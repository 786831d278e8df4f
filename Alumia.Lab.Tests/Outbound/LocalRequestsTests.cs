using System.Net;
using Alumia.Lab.Outbound;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace Alumia.Lab.Tests.Outbound;

/// <summary>What exists for demonstrations answers to this machine alone.</summary>
public sealed class LocalRequestsTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("203.0.113.7", false)]
    [InlineData("::ffff:203.0.113.7", false)]
    [InlineData("2001:db8::7", false)]
    public void Only_an_address_of_this_machine_is_local_whatever_host_it_asks_for(string address, bool isLocal)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Host = new HostString("localhost", 5080);
        var development = new HostingEnvironment { EnvironmentName = Environments.Development };
        Assert.Equal(isLocal, LocalRequests.IsLocal(context, development, new ConfigurationBuilder().Build()));
    }
}
