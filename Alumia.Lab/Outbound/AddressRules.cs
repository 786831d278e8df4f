using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Alumia.Lab.Outbound;

/// <summary>Which addresses are the open internet's, and what the others are.</summary>
internal static class AddressRules
{
    // The special-purpose registries of IANA, and what clouds keep for themselves.
    private static readonly (IPNetwork Network, string What)[] _v4 =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "this machine"),
        (IPNetwork.Parse("10.0.0.0/8"), "a private address"),
        (IPNetwork.Parse("100.64.0.0/10"), "a carrier's internal address"),
        (IPNetwork.Parse("127.0.0.0/8"), "a loopback address"),
        (IPNetwork.Parse("168.63.129.16/32"), "a cloud's metadata address"),
        (IPNetwork.Parse("169.254.0.0/16"), "a link-local address"),
        (IPNetwork.Parse("172.16.0.0/12"), "a private address"),
        (IPNetwork.Parse("192.0.0.0/24"), "a reserved address"),
        (IPNetwork.Parse("192.0.2.0/24"), "an address of documentation"),
        (IPNetwork.Parse("192.31.196.0/24"), "a reserved address"),
        (IPNetwork.Parse("192.52.193.0/24"), "a reserved address"),
        (IPNetwork.Parse("192.88.99.0/24"), "a reserved address"),
        (IPNetwork.Parse("192.168.0.0/16"), "a private address"),
        (IPNetwork.Parse("192.175.48.0/24"), "a reserved address"),
        (IPNetwork.Parse("198.18.0.0/15"), "a reserved address"),
        (IPNetwork.Parse("198.51.100.0/24"), "an address of documentation"),
        (IPNetwork.Parse("203.0.113.0/24"), "an address of documentation"),
        (IPNetwork.Parse("224.0.0.0/4"), "a multicast address"),
        (IPNetwork.Parse("240.0.0.0/4"), "a reserved address"),
    ];

    private static readonly IPNetwork _global = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork _nat64 = IPNetwork.Parse("64:ff9b::/96");

    private static readonly (IPNetwork Network, string What)[] _v6 =
    [
        (IPNetwork.Parse("::1/128"), "a loopback address"),
        (IPNetwork.Parse("::/128"), "this machine"),
        (IPNetwork.Parse("fc00::/7"), "a private address"),
        (IPNetwork.Parse("fe80::/10"), "a link-local address"),
        (IPNetwork.Parse("fec0::/10"), "a private address"),
        (IPNetwork.Parse("ff00::/8"), "a multicast address"),
        (IPNetwork.Parse("2001::/23"), "a reserved address"), // Teredo, benchmarks, ORCHID.
        (IPNetwork.Parse("2001:db8::/32"), "an address of documentation"),
        (IPNetwork.Parse("2002::/16"), "an address that wraps another (6to4)"),
        (IPNetwork.Parse("2620:4f:8000::/48"), "a reserved address"),
        (IPNetwork.Parse("3fff::/20"), "an address of documentation"),
    ];

    /// <summary>What the address is, where it is none of the open internet's; else null.</summary>
    public static string? WhyNot(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return Among(_v4, address) ?? OwnAddress(address);
        if (_nat64.Contains(address))
            return WhyNot(Last32(address)); // What a network without IPv4 makes of a name that has IPv4 alone.
        if (Among(_v6, address) is { } what)
            return what;
        if (!_global.Contains(address))
            return "a reserved address";
        return IsIsatap(address) ? WhyNot(Last32(address)) : OwnAddress(address);
    }

    private static string? Among((IPNetwork Network, string What)[] rules, IPAddress address) =>
        rules.Where(rule => rule.Network.Contains(address)).Select(rule => rule.What).FirstOrDefault();

    /// <summary>A machine's public address leads past the firewall before it.</summary>
    private static string? OwnAddress(IPAddress address) =>
        NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Any(own => own.Address.Equals(address))
            ? "an address of this machine"
            : null;

    private static bool IsIsatap(IPAddress address) =>
        BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes().AsSpan(8)) is 0x00005EFE or 0x02005EFE;

    private static IPAddress Last32(IPAddress address) => new(address.GetAddressBytes().AsSpan(12));
}
