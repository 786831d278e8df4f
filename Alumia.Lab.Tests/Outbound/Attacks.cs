namespace Alumia.Lab.Tests.Outbound;

/// <summary>Ways to name this machine, its network and the metadata of clouds.</summary>
internal static class Attacks
{
    /// <summary>Hosts that lead, or are meant to lead, to this machine in some reading of them.</summary>
    public static readonly string[] Hosts =
    [
        "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.0.0.1.", "0x7f.1", "0x7f.0x0.0x0.0x1", "0x7f000001", "0X7F000001", "2130706433", "017700000001", "0177.0.0.1", "0177.0.0.01", "00000177.1",
        "0", "0.0.0.0", "0x0", "00", "localhost", "LOCALHOST", "localhost.", "LocalHost.", "a.localhost", "a.b.localhost.", "ip6-localhost",
        "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:1::1]", "[2001:0:7f00:1::1]", "[::ffff:0.0.0.0]", "[fe80::1]", "[fe80::1%25lo]", "[::1%25lo]",
        "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.０.０.１", "ⓛocalhost", "loc\u00ADalhost", "127.0.0.1%2e", "%31%32%37.0.0.1", "127.0.0.1%00.example.com",
    ];

    /// <summary>Addresses of networks behind the lab, and of clouds' metadata; whatever port.</summary>
    public static readonly string[] Elsewhere =
    [
        "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16",
        "192.0.0.192", "metadata.google.internal", "instance-data", "255.255.255.255", "224.0.0.1", "[ff02::1]", "[fc00::1]",
    ];
}
