using System.Security.Cryptography;
using Alumia.Lab.Billing;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>The stand-in's account: reached at this lab's own address, with secrets that this process alone has, so that nobody else can sign for it.</summary>
internal sealed class StripeAccount(OwnAddress own) : IStripeStandIn
{
    /// <summary>The stand-in's address, under the lab's own.</summary>
    public const string Path = "offline/stripe";

    private readonly string _secretKey = $"sk_test_offline{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";
    private readonly string _webhookSecret = $"whsec_offline{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";

    public StripeConnection? Connection => own.Base is { } address ? new StripeConnection(MoneySource.StandIn, _secretKey, _webhookSecret, new Uri(address, Path)) : null;

    /// <summary>Whether a caller of the stand-in's API has this account's key.</summary>
    public bool Admits(string authorization) => authorization == $"Bearer {_secretKey}";
}
