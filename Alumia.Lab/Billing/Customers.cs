using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Stripe;

namespace Alumia.Lab.Billing;

/// <summary>The org as Stripe's customer, made at its first deposit.</summary>
public sealed class Customers(IDbContextFactory<LabDbContext> contexts, Writer writer, StripeAccess stripe, OrgDirectory orgs)
{
    /// <summary>The org's customer in the connected account.</summary>
    internal async Task<StripeCustomer> OfAsync(OrgScope scope, CancellationToken cancellation)
    {
        var source = stripe.Required.Source;
        if (await FindAsync(scope.OrgId, source, cancellation) is { } known)
            return known;
        var made = await new CustomerService(stripe.Writer()).CreateAsync(
            new CustomerCreateOptions { Name = await orgs.NameAsync(scope, cancellation), Description = $"Alumia Lab organization {scope.OrgSlug}" },
            // Two first deposits at once make one customer.
            new RequestOptions { IdempotencyKey = $"customer:{scope.OrgId}" }, cancellation);
        return await writer.Write(tx =>
        {
            OrgQueries.Lock(tx, scope.OrgId);
            if (tx.Db.Find<StripeCustomer>(scope.OrgId, source) is { } other)
                return other;
            var row = new StripeCustomer { OrgId = scope.OrgId, Source = source, CustomerId = made.Id };
            tx.Db.Add(row);
            return row;
        }, cancellation);
    }

    internal async Task<StripeCustomer?> FindAsync(string orgId, MoneySource source, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<StripeCustomer>().SingleOrDefaultAsync(row => row.OrgId == orgId && row.Source == source, cancellation);
    }
}
