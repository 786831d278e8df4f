using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

namespace Alumia.Lab.Accounts;

public static class AccountsModule
{
    /// <summary>Comes after <c>AddInteractiveServerComponents</c>: the last authentication state provider counts.</summary>
    public static WebApplicationBuilder AddAccounts(this WebApplicationBuilder builder)
    {
        PublicUrls.Require(builder.Configuration, builder.Environment);
        var services = builder.Services;
        services.Configure<AccountsOptions>(builder.Configuration.GetSection("Accounts"));
        services.Configure<SmtpOptions>(builder.Configuration.GetSection("Smtp"));
        services.AddSingleton<ILookupNormalizer, UpperInvariantLookupNormalizer>(); // Singletons of ours use it too.
        services.AddIdentityCore<User>(Configure)
            .AddSignInManager()
            .AddUserStore<UserOnlyStore<User, LabDbContext>>()
            .AddTokenProvider<DataProtectorTokenProvider<User>>(TokenOptions.DefaultProvider);
        services.AddScoped<IUserClaimsPrincipalFactory<User>, PrincipalFactory>();
        AddCookies(builder);

        services.AddSingleton<PublicUrls>();
        services.AddSingleton<SecurityStamps>();
        services.AddSingleton<Administrators>();
        services.AddSingleton<IUserNames, UserNames>();
        services.AddSingleton<SmtpMailer>();
        services.AddSingleton<IMailer>(provider => provider.GetRequiredService<SmtpMailer>());
        services.AddHostedService(provider => provider.GetRequiredService<SmtpMailer>());
        services.AddHostedService<AdministratorSetup>();
        services.AddTransient<IStartupFilter, ForwardedHeadersFilter>();
        services.AddScoped<NewUsers>();
        services.AddScoped<SignIns>();
        services.AddScoped<PasswordResets>();
        services.AddScoped<AuthenticationStateProvider, LabAuthenticationStateProvider>();
        services.AddCascadingAuthenticationState();
        return builder;
    }

    public static WebApplication MapAccounts(this WebApplication app)
    {
        app.MapPost("/sign-out", async (SignIns signIns, HttpRequest request) =>
        {
            await signIns.OutAsync();
            return TypedResults.LocalRedirect(ReturnAddress.SignIn((await request.ReadFormAsync())["returnUrl"]));
        }).AddEndpointFilter<AntiforgeryFilter>().ExcludeFromDescription();
        return app;
    }

    private static void Configure(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = true;
        options.User.AllowedUserNameCharacters = "";
        options.Password.RequiredLength = 10;
        options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = false;
        options.Password.RequireNonAlphanumeric = false;
        options.Password.RequiredUniqueChars = 1;
        options.Lockout.MaxFailedAccessAttempts = 5;
        options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(10);
    }

    private static void AddCookies(WebApplicationBuilder builder)
    {
        var secure = builder.Environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
        builder.Services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, options =>
        {
            options.Cookie.Name = "alumia.session";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = secure;
            options.ExpireTimeSpan = TimeSpan.FromDays(14);
            options.LoginPath = "/sign-in";
            options.ReturnUrlParameter = "returnUrl";
            options.Events.OnValidatePrincipal = RefuseOldStampsAsync;
        });
        builder.Services.AddAuthorization();
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "alumia.form";
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = secure;
        });
    }

    private static async Task RefuseOldStampsAsync(CookieValidatePrincipalContext context)
    {
        var stamps = context.HttpContext.RequestServices.GetRequiredService<SecurityStamps>();
        if (context.Principal is null || !await stamps.AreGoodAsync(context.Principal, context.HttpContext.RequestAborted))
            context.RejectPrincipal();
    }
}
